import { useState } from "react";
import { channels } from "../api/channels.ts";
import type { ChannelKind } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { ChannelForm } from "./ChannelForm.tsx";

interface AddChannelDialogProps {
  onClose: () => void;
  onAdded: () => void;
}

/// First what to connect, then the fields that the server describes for it.
export function AddChannelDialog({ onClose, onAdded }: AddChannelDialogProps) {
  const { t } = useLanguage();
  const kinds = useLoaded("kinds", () => channels.kinds());
  const [kind, setKind] = useState<ChannelKind | null>(null);
  return (
    <Dialog title={kind ? t.channels.addKind(kind.title) : t.channels.add} onClose={onClose} data-testid="add-channel">
      {kinds.problem && <ProblemNotice problem={kinds.problem} onRetry={kinds.reload} />}
      {!kinds.value && !kinds.problem && <Skeleton rows={2} />}
      {kinds.value && !kind && (
        <>
          <p>{t.channels.choose}</p>
          <div className="stack stack--tight">
            {kinds.value.items.map((item) => (
              <Button
                key={item.kind}
                icon={item.kind === "telegram" ? "telegram" : "chat"}
                onClick={() => setKind(item)}
                data-testid={`kind-${item.kind}`}
              >
                {item.title}
              </Button>
            ))}
          </div>
        </>
      )}
      {kind && <ChannelForm kind={kind} onAdded={onAdded} />}
    </Dialog>
  );
}
