// Paths as people read them: relative to the folder that is worked in, when they lie within it.

export function relative(path: string, root: string): string {
  const base = root.replace(/\/+$/, '');
  if (base === '' || !path.startsWith(base)) return path;
  if (path.length === base.length) return '.';
  return path[base.length] === '/' ? path.slice(base.length + 1) : path;
}
