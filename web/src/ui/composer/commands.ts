import { ranked } from '../../core/fuzzy';
import type { Command } from '../../core/protocol.gen';

const MOST = 50;

/** The agent's commands that a text beginning with a slash may mean; an unknown word is prose. */
export function matchingCommands(text: string, commands: readonly Command[]): Command[] {
  const match = /^\/([^\s/]*)$/.exec(text);
  if (!match) return [];
  return ranked(match[1]!, commands, (command) => command.name).slice(0, MOST);
}
