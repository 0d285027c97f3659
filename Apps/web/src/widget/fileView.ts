import { largestFile } from "../webchat/largestFile.ts";
import { localFile } from "../webchat/localFile.ts";
import type { WebChat } from "../webchat/client.ts";
import type { ChatFile } from "../webchat/types.ts";
import { element, isAtEnd } from "./element.ts";
import type { MoreWords } from "./moreWords.ts";

const pictures = /^image\/(jpeg|png|gif|webp|avif)$/;
const widest = 720;

/// A file of a message: pictures in place, anything else as a button that saves it.
///
/// Pictures are drawn, not linked: the page around the chat may forbid images from elsewhere, and an address that needs no token would open
/// the file to whoever comes by it. `log` stays at its end while they grow.
export function fileView(file: ChatFile, chat: WebChat, words: MoreWords, log: HTMLElement): HTMLElement {
  const name = file.name || words.file;
  if (!file.local && (file.state !== "stored" || !file.id)) {
    return element("p", { class: "file" }, [name, file.note].filter(Boolean).join(" · "));
  }
  const save = element("button", { type: "button", class: "file" });
  save.onclick = () => {
    save.disabled = true;
    bytes(file, chat).then((blob) => download(blob, name), () => save.append(` — ${words.notLoaded}`))
      .finally(() => save.disabled = false);
  };
  const asLink = () => save.replaceChildren(`⤓ ${name}${file.size ? `, ${sizeText(file.size, words)}` : ""}`);
  save.ariaLabel = `${words.download}: ${name}`;
  asLink();
  if (pictures.test(file.mime ?? "")) {
    draw(file, chat).then((picture) => {
      const follows = isAtEnd(log);
      save.replaceChildren(picture);
      save.className = "picture";
      if (follows) log.scrollTop = log.scrollHeight;
    }, asLink);
  }
  return save;
}

/// Sends each file as a message; what stands in the field goes with the first.
export function sendFiles(
  files: File[],
  chat: WebChat,
  room: { readonly input: HTMLInputElement; note(text: string): void },
  words: MoreWords,
) {
  for (const file of files) {
    if (file.size > largestFile) room.note(words.tooLarge);
    else if (file.size > 0) {
      chat.send(room.input.value.trim(), [localFile(file)]);
      room.input.value = "";
    }
  }
}

async function bytes(file: ChatFile, chat: WebChat): Promise<Blob> {
  return file.local ?? await chat.bytes(file.id ?? "");
}

async function draw(file: ChatFile, chat: WebChat): Promise<HTMLCanvasElement> {
  const picture = await createImageBitmap(await bytes(file, chat));
  const scale = Math.min(1, widest / picture.width);
  const canvas = element("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

function download(blob: Blob, name: string) {
  const link = element("a", { download: name });
  link.href = URL.createObjectURL(blob);
  link.click();
  // The browser has taken the bytes over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function sizeText(size: number, words: MoreWords): string {
  return size < 1_000_000
    ? `${Math.max(1, Math.round(size / 1_000))} ${words.kilobytes}`
    : `${Math.round(size / 100_000) / 10} ${words.megabytes}`;
}
