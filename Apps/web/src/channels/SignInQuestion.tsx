import { type FormEvent, useEffect, useRef, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";

interface SignInQuestionProps {
  question: "code" | "password";
  /// Why the last answer will not do.
  error: string | null;
  busy: boolean;
  onAnswer: (text: string) => void;
}

/// Asks for the code that the messenger sent, or for the account's password. What was typed is forgotten with every answer.
export function SignInQuestion({ question, error, busy, onAnswer }: SignInQuestionProps) {
  const { t } = useLanguage();
  const { signIn: words } = t.channels;
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!text.trim()) return;
    onAnswer(text.trim());
    setText("");
    setTried(false);
  };
  const isCode = question === "code";
  return (
    <form className="stack" noValidate onSubmit={submit} data-testid="sign-in-question" data-question={question}>
      <Field
        label={isCode ? words.code : words.password}
        hint={isCode ? words.codeHint : words.passwordHint}
        error={tried && !text.trim() ? t.errors.required : error}
      >
        <input
          ref={input}
          type={isCode ? "text" : "password"}
          inputMode={isCode ? "numeric" : undefined}
          autoComplete={isCode ? "one-time-code" : "off"}
          maxLength={256}
          value={text}
          onChange={(event) => setText(event.target.value)}
          data-testid="sign-in-answer"
        />
      </Field>
      <div className="form-actions">
        <Button type="submit" look="primary" busy={busy} data-testid="sign-in-send">{words.send}</Button>
      </div>
    </form>
  );
}
