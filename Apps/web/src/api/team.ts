import { http } from "./http.ts";
import type { ApiKey, AuditEntry, Invitation, Member, Page, Role } from "./types.ts";

export const team = {
  members: () => http.get<Page<Member>>("/api/v1/users"),
  invitations: () => http.get<Page<Invitation>>("/api/v1/invitations"),
  invite: (email: string, role: Role) => http.post<Invitation>("/api/v1/invitations", { email, role }),
  revokeInvitation: (id: string) => http.remove(`/api/v1/invitations/${id}`),
  apiKeys: () => http.get<Page<ApiKey>>("/api/v1/api-keys"),
  createApiKey: (name: string, permissions: string[]) => http.post<ApiKey>("/api/v1/api-keys", { name, permissions }),
  revokeApiKey: (id: string) => http.remove(`/api/v1/api-keys/${id}`),
  audit: (after: string | null = null) => http.get<Page<AuditEntry>>("/api/v1/audit", { after }),
};
