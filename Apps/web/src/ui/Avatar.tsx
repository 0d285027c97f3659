interface AvatarProps {
  id: string;
  name: string;
  small?: boolean;
}

/// Initials on a colour that stays the same for the same id. Decorative: the name is always written beside it.
export function Avatar({ id, name, small }: AvatarProps) {
  const initials = name.trim().split(/\s+/).slice(0, 2).map((word) => [...word][0]?.toUpperCase() ?? "").join("");
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return (
    <span className={`avatar avatar--${sum % 6}${small ? " avatar--small" : ""}`} aria-hidden="true">
      {initials || "?"}
    </span>
  );
}
