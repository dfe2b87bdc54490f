import Bot from '@lucide/svelte/icons/bot';
import Brain from '@lucide/svelte/icons/brain';
import FileText from '@lucide/svelte/icons/file-text';
import Globe from '@lucide/svelte/icons/globe';
import Move from '@lucide/svelte/icons/corner-up-right';
import Pencil from '@lucide/svelte/icons/pencil';
import Plug from '@lucide/svelte/icons/plug';
import Search from '@lucide/svelte/icons/search';
import Terminal from '@lucide/svelte/icons/square-terminal';
import Trash from '@lucide/svelte/icons/trash-2';
import Wrench from '@lucide/svelte/icons/wrench';
import { relative } from '../../core/paths';
import type { Item } from '../../core/protocol.gen';
import type { Messages } from '../../i18n/messages';

const ICONS: Record<string, typeof Wrench> = {
  read: FileText, edit: Pencil, delete: Trash, move: Move, search: Search, execute: Terminal, fetch: Globe, think: Brain, mcp: Plug, subagent: Bot,
};

export function toolIcon(kind: string): typeof Wrench {
  return ICONS[kind] ?? Wrench;
}

export function toolLabel(kind: string, m: Messages): string {
  switch (kind) {
    case 'read':
      return m.toolRead;
    case 'edit':
      return m.toolEdit;
    case 'delete':
      return m.toolDelete;
    case 'move':
      return m.toolMove;
    case 'search':
      return m.toolSearch;
    case 'execute':
      return m.toolExecute;
    case 'fetch':
      return m.toolFetch;
    case 'think':
      return m.toolThink;
    case 'mcp':
      return m.toolMcp;
    case 'subagent':
      return m.toolSubagent;
    default:
      return m.toolOther;
  }
}

/** What a tool works on, in one line: the command, the path (below `root` without it), else its title. */
export function toolTarget(item: Item, root: string): string {
  const tool = item.tool;
  if (!tool) return '';
  if (tool.kind === 'execute') {
    const input = tool.input;
    if (input && typeof input === 'object' && !Array.isArray(input)) {
      const { command } = input;
      if (typeof command === 'string') return firstLine(command);
      if (Array.isArray(command)) return firstLine(command.join(' '));
    }
    return firstLine(tool.title.replace(/^`|`$/g, ''));
  }
  if (tool.paths.length > 0 && tool.kind !== 'search' && tool.kind !== 'subagent') {
    const first = relative(tool.paths[0]!, root);
    return tool.paths.length === 1 ? first : `${first} +${tool.paths.length - 1}`;
  }
  return firstLine(tool.title || tool.name);
}

function firstLine(text: string): string {
  const at = text.indexOf('\n');
  return at < 0 ? text : `${text.slice(0, at)} …`;
}
