import { useRef, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "./Button.tsx";

interface CopyFieldProps {
  label: string;
  value: string;
  /// How many lines are seen at once; true for three.
  multiline?: boolean | number;
  "data-testid"?: string;
}

/// Text to take elsewhere, with a copy button. Without a secure context the text is selected and the old command used.
export function CopyField({ label, value, multiline, ...rest }: CopyFieldProps) {
  const { t } = useLanguage();
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      field.current?.select();
      document.execCommand("copy");
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  const shared = { ref: field, readOnly: true, value, "aria-label": label, "data-testid": rest["data-testid"] };
  return (
    <div className="copy-field">
      {multiline
        ? <textarea rows={multiline === true ? 3 : multiline} {...shared} />
        : <input type="text" {...shared} />}
      <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
        {copied ? t.common.copied : t.common.copy}
      </Button>
    </div>
  );
}
