import type { en } from './en';

/** The shape of a catalogue: that of the English one, with any text in each place. */
type Widen<T> = T extends (...args: infer A) => string ? (...args: A) => string : T extends string ? string : { [K in keyof T]: Widen<T[K]> };

export type Messages = Widen<typeof en>;
