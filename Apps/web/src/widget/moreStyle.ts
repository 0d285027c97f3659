/// The style of what is loaded when it is needed, adopted by the same shadow root.
export const moreStyle = `
details{margin-top:6px;font-size:13px;color:var(--quiet)}
summary{cursor:pointer;min-height:24px}
button.file,.picture{display:block;max-width:100%;margin:4px 0;text-align:start;overflow-wrap:anywhere}
.picture canvas{display:block;max-width:100%;max-height:260px;height:auto;border-radius:8px}
.in .picture{text-decoration:none}
form.before,form.rating{display:flex;flex:none;flex-direction:column;gap:10px;padding:14px;border:0}
.before{max-height:75%;overflow-y:auto;border-top:1px solid var(--line)!important}
.before label{display:block;font-size:13px;color:var(--quiet)}
.before label input:not([type=checkbox]){display:block;width:100%;margin-top:2px;border-radius:10px;color:var(--text)}
.before .consent{display:flex;gap:8px;align-items:flex-start;color:var(--text)}
input[type=checkbox]{flex:none;width:24px;height:24px;min-height:0;margin:0;accent-color:var(--color)}
a{color:inherit}
.before button,.rating button{display:block;width:auto;height:auto;min-height:44px;padding:0 18px;border-radius:22px}
.problem:empty{display:none}
.problem{font-size:13px;font-weight:600}
[aria-invalid=true]{border-color:currentColor;border-width:2px}
.rating{align-items:center;text-align:center}
fieldset{border:0;padding:0}
.rating label{position:relative;display:inline-block;width:44px;height:44px;font-size:30px;line-height:44px;cursor:pointer}
.rating input{position:absolute;inset:0;width:100%;height:100%;min-height:0;margin:0;opacity:0;cursor:pointer}
.rating label:focus-within{outline:3px solid var(--text);border-radius:10px}
textarea{width:100%;padding:8px 12px;border:1px solid var(--quiet);border-radius:10px;background:var(--bg);font:inherit;color:inherit;resize:vertical}
`;
