import { Icon } from "../ui/Icon.tsx";

/// The messenger a conversation came from. Its name is written in the conversation's header.
export function ChannelIcon({ kind }: { kind: string }) {
  return (
    <span className={`channel-icon channel-icon--${kind}`}>
      <Icon name={kind === "telegram" ? "telegram" : "chat"} size={11} />
    </span>
  );
}
