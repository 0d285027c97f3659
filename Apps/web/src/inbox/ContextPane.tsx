import { inbox as api } from "../api/inbox.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { citationPath } from "../router/routes.ts";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { ReferralFact } from "./ReferralFact.tsx";
import { summarize } from "./summary.ts";
import { ownerText } from "./ThreadHeader.tsx";

interface ContextPaneProps {
  id: string;
  /// null when the pane always stands beside the conversation.
  onClose: (() => void) | null;
}

/// Who the customer is, and what the bot used and spent in this conversation.
export function ContextPane({ id, onClose }: ContextPaneProps) {
  const { t, formats } = useLanguage();
  const { inbox, can } = useSession();
  const conversation = useSelected(inbox.store, (state) => state.conversations[id]);
  const messages = useSelected(inbox.store, (state) => state.threads[id]?.messages);
  const contactId = can("contact.read") ? conversation?.contact.id ?? "" : "";
  const contact = useLoaded(contactId, () => contactId ? api.contact(contactId) : Promise.resolve(null));
  if (!conversation) return <aside className="context" aria-label={t.inbox.details} />;
  const { costs, sources } = summarize(messages ?? []);
  const rows: [string, string][] = [
    [t.inbox.channel, conversation.channel.name],
    ...(contact.value?.identities ?? []).map(({ channel_kind: kind, handle }): [string, string] => [
      kind === "email" ? t.inbox.email : kind === "phone" ? t.inbox.phone : kind,
      handle,
    ]),
    [t.inbox.state, conversation.state === "open" ? t.inbox.openState : t.inbox.closedState],
    [t.inbox.assignee, conversation.assignee?.name ?? ownerText(conversation, t)],
    ...(conversation.rating
      ? [[
        t.inbox.rating,
        [`${conversation.rating.score} / 5`, conversation.rating.comment].filter(Boolean).join(" · "),
      ] as [string, string]]
      : []),
    ...(contact.value ? [[t.inbox.since, formats.day(new Date(contact.value.created_at))] as [string, string]] : []),
    [t.inbox.started, formats.moment(new Date(conversation.created_at))],
    ...costs.map((cost): [string, string] => [t.inbox.botCost, formats.money(cost)]),
  ];
  return (
    <aside
      className={onClose ? "context context--over" : "context"}
      aria-label={t.inbox.details}
      data-pane
      data-testid="context"
    >
      <header className="context__header">
        <Avatar id={conversation.contact.id} name={conversation.contact.name} picture={conversation.contact.picture} />
        <h2 tabIndex={-1} data-pane-focus>{conversation.contact.name}</h2>
        {onClose && (
          <Button look="quiet" icon="close" iconOnly onClick={onClose} data-testid="context-close">
            {t.inbox.closeDetails}
          </Button>
        )}
      </header>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {conversation.referral && <ReferralFact referral={conversation.referral} />}
      </dl>
      {sources.length > 0 && (
        <>
          <h3>{t.inbox.sources}</h3>
          <ul className="context__sources">
            {sources.map((source) => (
              <li key={`${source.entry_id}.${source.version}`}>
                <Link to={citationPath(source)}>{source.title}</Link>{" "}
                <span className="muted">{t.knowledge.versionShort(source.version)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}
