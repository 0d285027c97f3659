/// The widget's own style, adopted by its shadow root: nothing of the host page reaches in, and no style tag is needed.
/// Important rules of a shadow root win over the host page's important ones, even over `* { all: unset !important }`.
export const style = `
:host{--color:#2a5bd7;--on:#fff;--bg:#fff;--back:#f3f4f6;--text:#191c21;--quiet:#565e6b;--line:#dfe2e7}
:host{all:initial!important;display:block!important;position:fixed!important;inset:auto 20px 20px auto!important;z-index:2147483000!important;
font:15px/1.4 system-ui,sans-serif!important;color:var(--text)!important}
@media(prefers-color-scheme:dark){:host{--bg:#1b1f24;--back:#121417;--text:#e8eaee;--quiet:#a2abb8;--line:#333940}}
*{box-sizing:border-box;margin:0}
button,input{font:inherit;color:inherit}
button{cursor:pointer;border:0;background:none}
:focus-visible{outline:3px solid var(--text);outline-offset:2px}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;display:block}
[hidden]{display:none!important}
:host([left]){inset:auto auto 20px 20px!important}
.launch{margin-left:auto;display:grid;place-items:center;width:56px;height:56px;border-radius:50%;background:var(--color);color:var(--on);box-shadow:0 4px 16px #0004}
:host([left]) .launch{margin-left:0}
.wide{width:auto;padding:0 22px 0 18px;border-radius:28px;grid-auto-flow:column;gap:10px;font-weight:600}
.panel{display:flex;flex-direction:column;width:min(370px,calc(100vw - 24px));height:min(560px,calc(100dvh - 40px));border:1px solid var(--line);border-radius:16px;background:var(--bg);overflow:hidden;box-shadow:0 10px 40px #0004}
header{display:flex;align-items:center;gap:8px;padding:10px 8px 10px 16px;background:var(--color);color:var(--on)}
header h2{flex:1;font-size:16px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.face{flex:none;display:grid;place-items:center;width:36px;height:36px;border-radius:50%;border:1px solid;object-fit:cover;font-size:13px;font-weight:600}
header button{padding:10px}
header :focus-visible{outline-color:var(--on)}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;display:flex;flex-direction:column;gap:8px;padding:14px;background:var(--back)}
.log p{overflow-wrap:anywhere;white-space:pre-wrap}
.notice{color:var(--quiet);font-size:12px;text-align:center}
.message{align-self:flex-start;max-width:85%;padding:8px 12px;border-radius:14px 14px 14px 4px;background:var(--bg);border:1px solid var(--line)}
.in{align-self:flex-end;border-radius:14px 14px 4px;border-color:transparent;background:var(--color);color:var(--on)}
.who,.when{font-size:12px;color:var(--quiet)}
.in .when{color:inherit}
.when{text-align:end}
.in button{text-decoration:underline;min-height:24px}
.typing{min-height:18px;padding:0 14px;background:var(--back);color:var(--quiet);font-size:13px}
.human{align-self:center;margin:6px;padding:6px 12px;border:1px solid var(--line);border-radius:14px;font-size:13px;min-height:32px}
form{display:flex;gap:8px;padding:10px;border-top:1px solid var(--line)}
input{flex:1;min-width:0;min-height:44px;padding:0 14px;border:1px solid var(--quiet);border-radius:22px;background:var(--bg)}
input::placeholder{color:var(--quiet);opacity:1}
form button{display:grid;place-items:center;flex:none;width:44px;height:44px;border-radius:50%;background:var(--color);color:var(--on)}
form .attach{background:none;color:var(--quiet)}
@media(max-width:480px){:host([open]){inset:0!important}:host([open]) .panel{width:100%;height:100%;border:0;border-radius:0}}
`;
