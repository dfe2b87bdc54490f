/// Drives Claude Code over the stream-json of `claude -p`: one line of JSON per message, requests
/// of control in both directions.
///
/// A process is one conversation, and the arguments it is started with say which: so
/// [dev.signalbox.agent.claude.ClaudeProcess] starts it with the conversation, not before. Messages
/// become events in [dev.signalbox.agent.claude.StreamMapping], which does no I/O and serves every
/// path that speaks stream-json. What the agent asks is answered once and never for ever: its
/// suggestions of lasting rules are not passed on. The room knows nothing of lanes.
@NullMarked
package dev.signalbox.agent.claude;

import org.jspecify.annotations.NullMarked;
