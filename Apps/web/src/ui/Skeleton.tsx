import { useLanguage } from "../i18n/language.tsx";

/// Grey lines in place of content. The style sheet keeps them invisible for the first 150 ms.
export function Skeleton({ rows = 3 }: { rows?: number }) {
  const { t } = useLanguage();
  return (
    <div className="skeleton" role="status" data-testid="skeleton">
      <span className="visually-hidden">{t.common.loading}</span>
      {Array.from({ length: rows }, (_, index) => <span key={index} className="skeleton__row" />)}
    </div>
  );
}
