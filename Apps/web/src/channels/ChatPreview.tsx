import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { textOn } from "../widget/contrast.ts";

/// A picture of the chat as visitors will see it. It is only looked at: nothing in it can be pressed.
export function ChatPreview({ values }: { values: Record<string, string> }) {
  const { t } = useLanguage();
  const { appearance: words } = t.channels;
  const color = values.color ?? "#2a5bd7";
  const paint = { background: color, color: textOn(color) };
  return (
    <figure className="chat-preview" data-testid="chat-preview">
      <figcaption>{words.preview}</figcaption>
      <div className="chat-preview__panel">
        <p className="chat-preview__title" style={paint}>{values.title?.trim() || words.sampleTitle}</p>
        <div className="chat-preview__log">
          <p className="chat-preview__message">{values.greeting?.trim() || words.sampleGreeting}</p>
          <p className="chat-preview__message chat-preview__message--in" style={paint}>{words.sampleQuestion}</p>
        </div>
        <p className="chat-preview__input">
          <span>{words.sampleInput}</span>
          <span className="chat-preview__round" style={paint}>
            <Icon name="send" size={16} />
          </span>
        </p>
      </div>
      <span className="chat-preview__launcher" style={paint}>
        <Icon name="chat" size={24} />
      </span>
    </figure>
  );
}
