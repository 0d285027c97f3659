/// The sign of the product: a seven inside a speech bubble.
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <path
        className="mark__bubble"
        d="M7 3h18a5 5 0 0 1 5 5v12a5 5 0 0 1-5 5H15l-7 5v-5H7a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5z"
      />
      <path className="mark__seven" d="M10.5 9h11l-6.5 11.5" />
    </svg>
  );
}
