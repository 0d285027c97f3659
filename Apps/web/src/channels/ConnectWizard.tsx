import { useEffect, useRef, useState } from "react";
import type { Channel, ChannelKind, Page } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import type { Loaded } from "../ui/useLoaded.ts";
import { ConnectCheck } from "./ConnectCheck.tsx";
import { ConnectDone } from "./ConnectDone.tsx";
import { type ConnectDraft, ConnectFields, newDraft } from "./ConnectFields.tsx";
import { kindTitle, mustPaste } from "./kinds.ts";
import { KindChoice } from "./KindChoice.tsx";

interface ConnectWizardProps {
  kinds: Loaded<Page<ChannelKind>>;
  /// The channel exists now, whatever the check will say.
  onSaved: () => void;
  /// Back to the details of the channel that exists.
  onBack: () => void;
  onClose: () => void;
}

const steps = ["kind", "fields", "check", "done"] as const;
type Step = typeof steps[number];

/// Connecting a channel step by step: what, with which details, does it work, and how to try it. Going back keeps what
/// was typed; a channel that was saved already is changed instead of made twice.
export function ConnectWizard({ kinds, onSaved, onBack, onClose }: ConnectWizardProps) {
  const { t, language } = useLanguage();
  const { wizard: words } = t.channels;
  const [step, setStep] = useState<Step>("kind");
  const [kind, setKind] = useState<ChannelKind | null>(null);
  const [drafts, setDrafts] = useState<Record<string, ConnectDraft>>({});
  const [channel, setChannel] = useState<Channel | null>(null);
  const [receives, setReceives] = useState(true);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [step]);

  const names: Record<Step, string> = {
    kind: words.stepKind,
    fields: words.stepFields,
    check: words.stepCheck,
    done: words.stepDone,
  };
  const title = step === "kind" || !kind
    ? words.choose
    : step === "fields"
    ? words.connectKind(kindTitle(kind, language))
    : step === "check"
    ? words.checking
    : (channel && mustPaste(channel, receives) ? words.nearlyTitle : words.doneTitle)(channel?.name ?? "");
  const at = steps.indexOf(step);
  return (
    <section className="panel wizard" aria-label={words.title} data-testid="connect-wizard" data-step={step}>
      <div className="wizard__head">
        <ol className="wizard__steps" aria-label={words.steps}>
          {steps.map((name, index) => (
            <li
              key={name}
              aria-current={name === step ? "step" : undefined}
              className={index < at ? "wizard__step wizard__step--past" : "wizard__step"}
            >
              {names[name]}
            </li>
          ))}
        </ol>
        <Button look="quiet" icon="close" iconOnly onClick={onClose} data-testid="wizard-close">
          {t.common.close}
        </Button>
      </div>
      <h2 ref={heading} tabIndex={-1}>{title}</h2>
      {step === "kind" && (
        <>
          {kinds.problem && <ProblemNotice problem={kinds.problem} onRetry={kinds.reload} />}
          {!kinds.value && !kinds.problem && <Skeleton rows={3} />}
          {kinds.value && (
            <KindChoice
              kinds={kinds.value.items}
              onChoose={(chosen) => {
                // A channel of another kind stays in the list as it is.
                if (chosen.kind !== kind?.kind) setChannel(null);
                setKind(chosen);
                setStep("fields");
              }}
            />
          )}
        </>
      )}
      {step === "fields" && kind && (
        <ConnectFields
          kind={kind}
          channel={channel}
          draft={drafts[kind.kind] ?? newDraft(kind, language)}
          onDraft={(draft) => setDrafts({ ...drafts, [kind.kind]: draft })}
          onBack={() => setStep("kind")}
          onSaved={(saved) => {
            setChannel({ ...saved, generated: saved.generated ?? channel?.generated });
            setReceives(true);
            setStep(saved.mode === "none" ? "done" : "check");
            onSaved();
          }}
        />
      )}
      {step === "check" && channel && kind && (
        <ConnectCheck
          channel={channel}
          kind={kind}
          onBack={() => {
            setStep("fields");
            onBack();
          }}
          onDone={(isReceiving) => {
            setReceives(isReceiving);
            setStep("done");
          }}
          onLater={onClose}
        />
      )}
      {step === "done" && channel && <ConnectDone channel={channel} receives={receives} onClose={onClose} />}
    </section>
  );
}
