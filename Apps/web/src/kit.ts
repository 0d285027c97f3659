// What the screens share. Every lazily loaded screen imports this file, so that the bundler puts all of it into one chunk
// instead of one chunk for each combination of screens that happen to share a file. check.sh counts the chunks.
import "./api/bot.ts";
import "./api/channels.ts";
import "./api/knowledge.ts";
import "./api/sessions.ts";
import "./api/team.ts";
import "./inbox/Citations.tsx";
import "./inbox/InboxScreen.tsx";
import "./keyboard/shortcuts.ts";
import "./live/backoff.ts";
import "./live/eventParser.ts";
import "./router/Link.tsx";
import "./session/session.tsx";
import "./session/theme.ts";
import "./ui/Checkbox.tsx";
import "./ui/ConfirmDialog.tsx";
import "./ui/CopyField.tsx";
import "./ui/Field.tsx";
import "./ui/LanguageSelect.tsx";
import "./ui/Screen.tsx";
import "./ui/Toasts.tsx";
import "./ui/useAction.ts";
import "./ui/useLoaded.ts";
import "./ui/useMedia.ts";
import "./ui/useNow.ts";
import "./ui/usePaged.ts";
import "./webchat/uuid.ts";
