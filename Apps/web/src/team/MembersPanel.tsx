import { team } from "../api/team.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";

export function MembersPanel() {
  const { t, formats } = useLanguage();
  const { session } = useSession();
  const { value, problem, reload } = useLoaded("members", () => team.members());
  return (
    <section className="stack">
      <h2>{t.team.people}</h2>
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {!value && !problem && <Skeleton />}
      {value && (
        <ul className="rows" data-testid="members">
          {value.items.map((member) => (
            <li key={member.id} className="rows__item" data-testid="member">
              <Avatar id={member.id} name={member.name} />
              <span className="rows__main">
                <span className="rows__title">
                  {member.name}
                  {member.id === session.user.id && <span className="muted">{` (${t.team.youMark})`}</span>}
                </span>
                <span className="muted">{member.email}</span>
              </span>
              <span className="rows__side">
                <span className="tag">{t.roles[member.role] ?? member.role}</span>
                <span className="muted">{`${t.team.joined} ${formats.day(new Date(member.created_at))}`}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
