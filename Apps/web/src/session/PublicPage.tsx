import type { ReactNode } from "react";
import { languageNames, languages, useLanguage } from "../i18n/language.tsx";
import { PageHeading } from "../ui/Screen.tsx";
import { Mark } from "../ui/Mark.tsx";

interface PublicPageProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

/// The frame of the pages one sees before signing in: a card, and the languages below it.
export function PublicPage({ title, lead, children }: PublicPageProps) {
  const { language, change } = useLanguage();
  return (
    <main className="public" id="content">
      <div className="public__card">
        <p className="public__brand">
          <Mark />
          <span>SevenSales</span>
        </p>
        <PageHeading>{title}</PageHeading>
        {lead && <p className="public__lead">{lead}</p>}
        {children}
      </div>
      <ul className="public__languages">
        {languages.map((code) => (
          <li key={code}>
            <button
              type="button"
              className="link-button"
              lang={code}
              aria-pressed={code === language}
              onClick={() => void change(code)}
              data-testid={`language-${code}`}
            >
              {languageNames[code]}
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
