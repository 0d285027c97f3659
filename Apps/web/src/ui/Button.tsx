import { type ButtonHTMLAttributes, forwardRef } from "react";
import { Icon, type IconName } from "./Icon.tsx";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "primary" | "quiet" | "danger" | "amber";
  icon?: IconName;
  /// Shows the icon alone; `children` then is the accessible name and the tooltip.
  iconOnly?: boolean;
  busy?: boolean;
  small?: boolean;
  "data-testid"?: string;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { look = "plain", icon, iconOnly, busy, small, className, children, disabled, type = "button", ...rest },
  ref,
) {
  const names = ["button", `button--${look}`, iconOnly && "button--icon", small && "button--small", className];
  return (
    <button
      {...rest}
      ref={ref}
      type={type}
      className={names.filter(Boolean).join(" ")}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      aria-label={iconOnly && typeof children === "string" ? children : rest["aria-label"]}
      title={iconOnly && typeof children === "string" ? rest.title ?? children : rest.title}
    >
      {icon && <Icon name={icon} />}
      {!iconOnly && children !== undefined && <span className="button__text">{children}</span>}
    </button>
  );
});
