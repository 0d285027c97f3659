import { useLanguage } from "../i18n/language.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { areShortcutsOn } from "./shortcuts.ts";

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const words = t.shortcuts;
  const groups: { title: string; rows: [string, string][] }[] = [
    { title: words.lists, rows: [["J K", words.next], ["Enter", words.open], ["/", words.search]] },
    { title: words.writing, rows: [["R", words.reply], ["N", words.note], ["Ctrl+Enter", words.send]] },
    {
      title: words.acting,
      rows: [
        ["T", words.take],
        ["B", words.giveBack],
        ["I", words.assignMe],
        ["A", words.assign],
        ["E", words.close],
      ],
    },
    {
      title: words.going,
      rows: [
        ["G I", words.goInbox],
        ["G K", words.goKnowledge],
        ["G B", words.goBot],
        ["G C", words.goChannels],
        ["G S", words.goSettings],
        ["F6", words.panes],
        ["?", words.help],
      ],
    },
  ];
  return (
    <Dialog title={words.title} onClose={onClose} wide data-testid="help-dialog">
      {!areShortcutsOn() && <p className="notice">{words.off}</p>}
      <div className="help">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.rows.map(([keys, meaning]) => (
                <div key={keys} className="help__row">
                  <dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
