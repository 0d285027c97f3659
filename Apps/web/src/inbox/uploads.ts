import { inbox } from "../api/inbox.ts";
import { Problem } from "../api/problem.ts";
import type { StoredFile } from "../api/types.ts";
import { Store } from "../store/store.ts";
import { uuid } from "../webchat/uuid.ts";
import { isPicture } from "./files.ts";

/// A file chosen for a conversation. It is uploaded at once, so that sending is quick; `stored` is the server's answer.
export interface Upload {
  key: string;
  conversation: string;
  name: string;
  size: number;
  kind: string;
  /// A picture of it, where the browser can show one.
  preview: string | null;
  progress: number;
  stored: StoredFile | null;
  problem: Problem | null;
}

type UploadAction =
  | { type: "added"; upload: Upload }
  | { type: "changed"; key: string; change: Partial<Upload> }
  | { type: "removed"; keys: string[] };

function reduceUploads(uploads: Upload[], action: UploadAction): Upload[] {
  switch (action.type) {
    case "added":
      return [...uploads, action.upload];
    case "changed":
      return uploads.map((upload) => upload.key === action.key ? { ...upload, ...action.change } : upload);
    case "removed":
      return uploads.filter(({ key }) => !action.keys.includes(key));
  }
}

/// The files that wait in composers. They outlive a look at another conversation, not a reload.
export class Uploads {
  readonly store = new Store<Upload[], UploadAction>([], reduceUploads);
  private readonly running = new Map<string, { file: File; abort: AbortController }>();

  add(conversation: string, file: File, kind: string) {
    const key = uuid();
    const preview = isPicture(file.type) ? URL.createObjectURL(file) : null;
    const { name, size } = file;
    const upload = { key, conversation, name, size, kind, preview, progress: 0, stored: null, problem: null };
    this.running.set(key, { file, abort: new AbortController() });
    this.store.dispatch({ type: "added", upload });
    void this.run(key);
  }

  retry(key: string) {
    this.store.dispatch({ type: "changed", key, change: { problem: null, progress: 0 } });
    void this.run(key);
  }

  /// Takes files out of the composer: because they were sent, or because somebody removed them.
  remove(keys: string[]) {
    for (const { key, preview } of this.store.state) {
      if (!keys.includes(key)) continue;
      this.running.get(key)?.abort.abort();
      this.running.delete(key);
      if (preview) URL.revokeObjectURL(preview);
    }
    this.store.dispatch({ type: "removed", keys });
  }

  stop() {
    this.remove(this.store.state.map(({ key }) => key));
  }

  private async run(key: string): Promise<void> {
    const upload = this.store.state.find((each) => each.key === key);
    const job = this.running.get(key);
    if (!upload || !job) return;
    const change = (part: Partial<Upload>) => this.store.dispatch({ type: "changed", key, change: part });
    try {
      const stored = await inbox.upload(
        upload.conversation,
        job.file,
        job.abort.signal,
        (progress) => change({ progress }),
      );
      change({ stored, progress: 1 });
    } catch (error) {
      if (!job.abort.signal.aborted) change({ problem: Problem.from(error) });
    }
  }
}
