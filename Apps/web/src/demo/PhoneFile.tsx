import { useEffect, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { isPicture, kindText } from "../inbox/files.ts";
import { Icon } from "../ui/Icon.tsx";
import type { WebChat } from "../webchat/client.ts";
import type { ChatFile } from "../webchat/types.ts";

/// A file on the customer's phone: pictures in place, anything else to save.
export function PhoneFile({ file, chat }: { file: ChatFile; chat: WebChat }) {
  const { t } = useLanguage();
  const name = file.name || kindText(file.kind, t);
  const address = useAddress(file, chat);
  if (!address) return <p className="phone__file" data-testid="phone-file" data-state={file.state}>{name}</p>;
  return (
    <a
      className="phone__file"
      href={address}
      download={name}
      aria-label={t.attachments.downloadNamed(name)}
      data-testid="phone-file"
      data-state={file.state}
    >
      {isPicture(file.mime) ? <img src={address} alt="" /> : (
        <>
          <Icon name="file" size={16} /> {name}
        </>
      )}
    </a>
  );
}

/// Where the browser keeps the bytes; null while they are not here.
function useAddress({ id, state, local }: ChatFile, chat: WebChat): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    let made = "";
    const bytes = local ?? (id && state === "stored" ? chat.bytes(id) : null);
    if (bytes) {
      Promise.resolve(bytes).then((blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      }, () => {});
    }
    return () => {
      isGone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [id, state, local, chat]);
  return address;
}
