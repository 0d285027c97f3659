import { http } from "./http.ts";
import type { EntryVersion, KnowledgeEntry, KnowledgeItem, Language, Page, Passage } from "./types.ts";

export interface EntryDraft {
  title: string;
  text: string;
  language: Language;
}

const root = "/api/v1/knowledge/entries";

export const knowledge = {
  entries: (q: string, after: string | null = null) => http.get<Page<KnowledgeItem>>(root, { q, after }),
  entry: (id: string) => http.get<KnowledgeEntry>(`${root}/${id}`),
  create: (draft: EntryDraft) => http.post<KnowledgeEntry>(root, draft),
  update: (id: string, draft: EntryDraft) => http.put<KnowledgeEntry>(`${root}/${id}`, draft),
  remove: (id: string) => http.remove(`${root}/${id}`),
  versions: (id: string) => http.get<Page<EntryVersion>>(`${root}/${id}/versions`),
  version: (id: string, version: number) => http.get<KnowledgeEntry>(`${root}/${id}/versions/${version}`),
  upload: (file: File, type: string, language: Language) =>
    http.upload<KnowledgeEntry>("/api/v1/knowledge/files", { name: file.name, language }, file, type),
  search: (q: string) => http.get<{ items: Passage[] }>("/api/v1/knowledge/search", { q, top: 10 }),
};
