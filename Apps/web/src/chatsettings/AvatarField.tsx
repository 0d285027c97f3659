import { useRef, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { pictureOf } from "./picture.ts";
import type { SettingsPart } from "./SettingsPart.ts";
import { useWords } from "./words/useWords.ts";

/// The picture in the chat's heading. It is made small here, so that it travels with the settings.
export function AvatarField({ settings, set, error }: SettingsPart) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [isBad, setBad] = useState(false);
  const choose = (file: File | undefined) => {
    if (!file) return;
    pictureOf(file).then((avatar) => {
      setBad(false);
      set({ avatar });
    }, () => setBad(true));
  };
  const problem = isBad ? words.avatarBad : error("avatar");
  return (
    <fieldset>
      <legend>{words.avatar}</legend>
      <div className="form-actions avatar-field">
        {settings.avatar && <img src={settings.avatar} alt="" width={40} height={40} data-testid="chat-avatar-shown" />}
        <input
          ref={input}
          type="file"
          hidden
          accept="image/png,image/jpeg,image/webp"
          onChange={(event) => {
            choose(event.target.files?.[0]);
            event.target.value = "";
          }}
          data-testid="chat-avatar"
        />
        <Button small onClick={() => input.current?.click()}>{words.avatarChoose}</Button>
        {settings.avatar && (
          <Button small onClick={() => set({ avatar: "" })} data-testid="chat-avatar-remove">
            {words.avatarRemove}
          </Button>
        )}
      </div>
      {problem && <p className="field__error" role="alert">{problem}</p>}
    </fieldset>
  );
}
