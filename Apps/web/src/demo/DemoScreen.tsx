import "../kit.ts";
import { useState } from "react";
import { channels } from "../api/channels.ts";
import { useLanguage } from "../i18n/language.tsx";
import { InboxScreen } from "../inbox/InboxScreen.tsx";
import { demoPath } from "../router/routes.ts";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { PageHeading, Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { useMedia } from "../ui/useMedia.ts";
import { CustomerPhone } from "./CustomerPhone.tsx";
import { useOpenAnswered } from "./useOpenAnswered.ts";

interface DemoScreenProps {
  id: string | null;
  view: string | null;
  search: string;
}

/// A customer's phone beside the inbox that serves it. Narrow windows show one of the two.
export default function DemoScreen({ id, view, search }: DemoScreenProps) {
  const { t } = useLanguage();
  const isNarrow = useMedia("(max-width: 899px)");
  const [side, setSide] = useState<"phone" | "inbox">("phone");
  const demo = useLoaded("demo", () => channels.demo());
  const expectConversation = useOpenAnswered(id);

  if (demo.problem) {
    return (
      <Screen title={t.demo.title} data-testid="demo-problem">
        {demo.problem.code === "not_found"
          ? <p>{t.demo.unavailable}</p>
          : <ProblemNotice problem={demo.problem} onRetry={demo.reload} />}
      </Screen>
    );
  }
  return (
    <div className={`demo demo--${side}`} data-testid="demo">
      <PageHeading hidden>{t.demo.title}</PageHeading>
      {isNarrow && (
        <div className="segments demo__switch">
          {(["phone", "inbox"] as const).map((name) => (
            <button
              key={name}
              type="button"
              className="segments__item"
              aria-pressed={side === name}
              onClick={() => setSide(name)}
              data-testid={`demo-side-${name}`}
            >
              {name === "phone" ? t.demo.toPhone : t.demo.toInbox}
            </button>
          ))}
        </div>
      )}
      <section className="demo__phone" aria-label={t.demo.phone} data-pane>
        {demo.value ? <CustomerPhone info={demo.value} onSend={expectConversation} /> : <Skeleton rows={4} />}
      </section>
      <section className="demo__inbox" aria-label={t.demo.inbox}>
        <InboxScreen selected={id} view={view} search={search} pathTo={demoPath} isEmbedded />
      </section>
    </div>
  );
}
