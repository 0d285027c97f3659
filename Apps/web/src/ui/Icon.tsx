const paths = {
  inbox: "M3 12h4l2 3h6l2-3h4M5 5h14l2 7v6a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-6z",
  book: "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11",
  bot: "M12 4v3M6 7h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM9 12v2M15 12v2",
  channels: "M4 12a8 8 0 0 1 16 0M7 12a5 5 0 0 1 10 0M12 12v8M10.5 12a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0",
  team:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20a6 6 0 0 1 12 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6 6 0 0 1 3 5.5",
  audit: "M6 3h9l4 4v14H6zM9 9h6M9 13h6M9 17h4",
  settings:
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19 12l2-1-1-3-2 .3-1.3-1.3.3-2-3-1-1 2h-2l-1-2-3 1 .3 2L6 8.3l-2-.3-1 3 2 1v0l-2 1 1 3 2-.3L7.3 17l-.3 2 3 1 1-2h2l1 2 3-1-.3-2 1.3-1.3 2 .3 1-3z",
  phone: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  send: "M4 12l16-8-5 16-3.5-6.5zM11.5 13.5L20 4",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 13l4 4L19 7",
  checks: "M2.5 13l4 4L15 8M11 16l1 1 9-9",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.5",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.5",
  hand:
    "M7 11V6a1.5 1.5 0 0 1 3 0v5V4.500a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v8a7 7 0 0 1-7 7c-3 0-4.500-2-6-5l-1-2a1.5 1.5 0 0 1 2.5-1.5L7 14z",
  note: "M5 4h14v10l-5 6H5zM14 20v-6h5M9 9h6",
  quote: "M5 6h5v6a4 4 0 0 1-4 4M14 6h5v6a4 4 0 0 1-4 4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  plus: "M12 5v14M5 12h14",
  upload: "M12 16V4M7 9l5-5 5 5M4 20h16",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  more:
    "M4.5 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0M11.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0M17.9 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
  moon: "M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z",
  exit: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  refresh: "M20 11a8 8 0 0 0-14-4L3 10M3 5v5h5M4 13a8 8 0 0 0 14 4l3-3M21 19v-5h-5",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  key: "M8.5 19a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM11.7 11.3L20 3M16 7l3 3M13.5 9.5l2 2",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  telegram: "M21 4L3 11l6 2 2 6 3-4 5 4zM9 13l12-9-10 11",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  down: "M6 9l6 6 6-6",
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  clip:
    "M20 11l-8.500 8.500a5 5 0 0 1-7-7L13 4a3.300 3.300 0 0 1 4.700 4.700L9.500 17a1.600 1.600 0 0 1-2.300-2.300L14.500 7.500",
  download: "M12 4v12M7 11l5 5 5-5M4 20h16",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01",
  camera: "M4 8h4l1.500-3h5L16 8h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  megaphone: "M4 10v4h3l9 5V5l-9 5zM19 9a4 4 0 0 1 0 6",
  code: "M8 7l-5 5 5 5M16 7l5 5-5 5",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
};

export type IconName = keyof typeof paths;

/// A line icon that takes the colour of the text around it. Always decorative: the control carries the name.
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
