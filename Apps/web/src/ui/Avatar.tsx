interface AvatarProps {
  id: string;
  name: string;
  /// A file of the account, shown in place of the initials.
  picture?: string | null;
  small?: boolean;
}

/// The picture, or initials on a colour that stays the same for the same id. Decorative: the name is always written beside it.
export function Avatar({ id, name, picture, small }: AvatarProps) {
  if (picture) {
    const source = `/api/v1/files/${picture}`;
    return (
      <img className={`avatar${small ? " avatar--small" : ""}`} src={source} alt="" loading="lazy" decoding="async" />
    );
  }
  const initials = name.trim().split(/\s+/).slice(0, 2).map((word) => [...word][0]?.toUpperCase() ?? "").join("");
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return (
    <span className={`avatar avatar--${sum % 6}${small ? " avatar--small" : ""}`} aria-hidden="true">
      {initials || "?"}
    </span>
  );
}
