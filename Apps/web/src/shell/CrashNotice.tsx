import { Component, type ReactNode } from "react";
import type { Messages } from "../i18n/en.ts";

interface CrashNoticeProps {
  messages: Messages;
  children: ReactNode;
}

/// Catches a defect of the interface itself, says so and offers a reload instead of an empty page.
export class CrashNotice extends Component<CrashNoticeProps, { message: string | null }> {
  override state = { message: null as string | null };

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.message === null) return this.props.children;
    const { common } = this.props.messages;
    return (
      <main className="public">
        <div className="public__card" role="alert">
          <h1>{common.crashed}</h1>
          <p className="muted">{this.state.message}</p>
          <button type="button" className="button button--primary" onClick={() => location.reload()}>
            {common.reload}
          </button>
        </div>
      </main>
    );
  }
}
