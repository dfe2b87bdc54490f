import type { Ask, AskOption } from '../../core/protocol.gen';

export function allows(ask: Ask): AskOption[] {
  return ask.options.filter((option) => option.kind.startsWith('allow'));
}

export function rejects(ask: Ask): AskOption[] {
  return ask.options.filter((option) => option.kind.startsWith('reject'));
}

/** The command or path an ask is about, as a person reads it. */
export function askCommand(ask: Ask): string {
  const input = ask.input ?? ask.tool?.input;
  if (typeof input === 'string') return input;
  if (input && typeof input === 'object' && !Array.isArray(input)) {
    const { command } = input;
    if (typeof command === 'string') return command;
    if (Array.isArray(command)) return command.join(' ');
  }
  return '';
}

export type Risk = 'outside' | 'network' | 'delete';

/** What deserves a second look. Only hints: what is really allowed is the lane's policy. */
export function risks(ask: Ask, root: string): Risk[] {
  const found: Risk[] = [];
  const command = askCommand(ask);
  const outside = ask.tool?.paths.some((path) => path.startsWith('/') && root !== '' && path !== root && !path.startsWith(`${root}/`));
  if (outside) found.push('outside');
  if (ask.tool?.kind === 'fetch' || /\b(curl|wget|ssh|scp|nc|rsync|git (push|fetch|pull|clone)|npm (i|install|publish)|pip install)\b/.test(command)) found.push('network');
  if (ask.tool?.kind === 'delete' || /\b(rm|rmdir|shred|truncate|git (clean|reset --hard))\b/.test(command)) found.push('delete');
  return found;
}

/** Two asks that one answer may cover. */
export function sameAsk(a: Ask, b: Ask): boolean {
  return a.kind === 'permission' && b.kind === 'permission' && a.agent === b.agent && a.tool?.kind === b.tool?.kind && a.tool?.name === b.tool?.name && askCommand(a) === askCommand(b) && a.tool?.paths.join() === b.tool?.paths.join();
}
