// The forms that agents ask with: a subset of JSON Schema, one field per property.
import type { Json } from './protocol.gen';

export interface FieldChoice {
  /** As the page names it; what is sent is `raw`. */
  value: string;
  label: string;
  help: string;
  raw: Json;
}

export interface Field {
  name: string;
  label: string;
  help: string;
  kind: 'text' | 'long' | 'number' | 'boolean' | 'choice' | 'choices' | 'date';
  required: boolean;
  choices: FieldChoice[];
  /** Beside the choices a text of one's own may be given. */
  other: boolean;
  /** The property that such a text is sent as, when it is not the field's own. */
  otherInto?: string;
  /** Never shown, never kept in the browser. */
  secret: boolean;
  initial: Json;
  integer: boolean;
  min?: number;
  max?: number;
  /** Least and most characters of a text, or choices of a list. */
  least?: number;
  most?: number;
}

type Schema = { [key: string]: Json };

const isObject = (value: Json | undefined): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

/** Under this name stands the text of one's own beside a field's choices; null or absent: not chosen. */
export const otherOf = (field: string): string => `${field}/other`;

/** The fields of a form; one field named `answer` when the schema describes no object. */
export function fieldsOf(schema: Json | undefined): Field[] {
  if (!isObject(schema)) return [fieldOf('answer', {}, true)];
  const properties = schema['properties'];
  if (!isObject(properties)) return [fieldOf('answer', schema, true)];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return folded(Object.entries(properties).map(([name, one]) => fieldOf(name, isObject(one) ? one : {}, required.includes(name))));
}

const OTHERS = ['_other', '__other'];

/** Where a text of one's own is a property beside that of the choices, the two are one field. */
function folded(fields: Field[]): Field[] {
  const chosen = new Map(fields.filter((field) => field.choices.length > 0).map((field) => [field.name, field]));
  return fields.filter((field) => {
    const suffix = field.kind === 'text' && !field.required ? OTHERS.find((one) => chosen.has(field.name.slice(0, -one.length)) && field.name.endsWith(one)) : undefined;
    const base = suffix && chosen.get(field.name.slice(0, -suffix.length));
    if (!base) return true;
    base.other = true;
    base.otherInto = field.name;
    return false;
  });
}

function fieldOf(name: string, schema: Schema, required: boolean): Field {
  const items = isObject(schema['items']) ? schema['items'] : undefined;
  const own = choicesOf(schema);
  const inner = items ? choicesOf(items) : [];
  const kind = kindOf(schema, own.length > 0, inner.length > 0);
  const several = kind === 'choices';
  const initial: Json = schema['default'] ?? (kind === 'boolean' ? false : several ? [] : '');
  const bounds = {
    min: number(schema['minimum']),
    max: number(schema['maximum']),
    least: number(schema[several ? 'minItems' : 'minLength']),
    most: number(schema[several ? 'maxItems' : 'maxLength']),
  };
  return {
    name, kind, required,
    integer: schema['type'] === 'integer',
    initial: kind === 'choice' || several ? named(initial) : initial,
    choices: several ? inner : own,
    other: (several || kind === 'choice') && (mayBeOther(schema) || (items !== undefined && mayBeOther(items))),
    secret: (kind === 'text' || kind === 'long' || kind === 'choice') && (schema['format'] === 'password' || schema['writeOnly'] === true || schema['x-secret'] === true),
    label: text(schema['title']) || name,
    help: text(schema['description']),
    ...(Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)) as Pick<Field, 'min' | 'max' | 'least' | 'most'>),
  };
}

function kindOf(schema: Schema, choices: boolean, inner: boolean): Field['kind'] {
  if (schema['type'] === 'boolean') return 'boolean';
  if (inner) return 'choices';
  if (choices) return 'choice';
  if (schema['type'] === 'integer' || schema['type'] === 'number') return 'number';
  if (schema['format'] === 'date') return 'date';
  if (schema['format'] === 'textarea' || (number(schema['maxLength']) ?? 0) > 200) return 'long';
  return 'text';
}

/** A default of a choice, by the names that the page uses. */
function named(initial: Json): Json {
  if (Array.isArray(initial)) return initial.map(String);
  return typeof initial === 'number' || typeof initial === 'boolean' ? String(initial) : initial;
}

function listed(schema: Schema): Schema[] {
  const list = schema['oneOf'] ?? schema['anyOf'];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** A list of choices that ends with "or any text", or says so by a mark. */
function mayBeOther(schema: Schema): boolean {
  return schema['x-other'] === true || listed(schema).some((one) => one['type'] === 'string' && one['const'] === undefined && one['enum'] === undefined);
}

function choicesOf(schema: Schema): FieldChoice[] {
  const list = listed(schema);
  if (list.length > 0) {
    return list.flatMap((one) =>
      one['const'] === undefined ? plainChoices(one) : [{ value: String(one['const']), label: text(one['title']) || String(one['const']), help: text(one['description']), raw: one['const'] }],
    );
  }
  return plainChoices(schema);
}

function plainChoices(schema: Schema): FieldChoice[] {
  if (!Array.isArray(schema['enum'])) return [];
  const names = Array.isArray(schema['enumNames']) ? schema['enumNames'] : [];
  return schema['enum'].map((one, at) => ({ value: String(one), label: text(names[at]) || String(one), help: '', raw: one }));
}

/** What is wrong with a field as it is filled in. */
export type Wrong = 'required' | 'number' | 'length';

export interface Filled {
  values: { [key: string]: Json };
  /** Fields that keep the form from being sent, by name. */
  wrong: { [key: string]: Wrong };
  missing: string[];
}

/** What is sent; numbers as numbers, empty optional fields left out. */
export function valuesOf(fields: readonly Field[], typed: Readonly<Record<string, Json>>): Filled {
  const values: { [key: string]: Json } = {};
  const wrong: { [key: string]: Wrong } = {};
  for (const field of fields) {
    const value = valueOf(field, typed);
    const own = field.otherInto === undefined ? '' : ownOf(field, typed);
    if (own && field.otherInto) {
      values[field.otherInto] = own;
      if (field.kind === 'choice') continue;
    }
    if (value === '' || value === null || (Array.isArray(value) && value.length === 0)) {
      if (field.required && !own) wrong[field.name] = 'required';
      continue;
    }
    const why = wrongWith(field, value);
    if (why) wrong[field.name] = why;
    else values[field.name] = field.kind === 'number' ? Number(value) : value;
  }
  return { values, wrong, missing: Object.keys(wrong) };
}

function valueOf(field: Field, typed: Readonly<Record<string, Json>>): Json {
  const value = typed[field.name] ?? field.initial;
  const own = field.other && field.otherInto === undefined ? typed[otherOf(field.name)] : undefined;
  const raw = (name: Json): Json => field.choices.find((choice) => choice.value === name)?.raw ?? name;
  if (field.kind === 'choice') return typeof own === 'string' ? own.trim() : raw(value);
  if (field.kind !== 'choices') return value;
  const chosen = Array.isArray(value) ? value.map(raw) : [];
  return typeof own === 'string' && own.trim() ? [...chosen, own.trim()] : chosen;
}

function ownOf(field: Field, typed: Readonly<Record<string, Json>>): string {
  const own = typed[otherOf(field.name)];
  return typeof own === 'string' ? own.trim() : '';
}

function wrongWith(field: Field, value: Json): Wrong | null {
  if (field.kind === 'number') {
    const n = Number(value);
    const fits = Number.isFinite(n) && (!field.integer || Number.isInteger(n)) && n >= (field.min ?? -Infinity) && n <= (field.max ?? Infinity);
    return fits ? null : 'number';
  }
  const length = typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  const short = length !== undefined && (length < (field.least ?? 0) || length > (field.most ?? Infinity));
  return short && field.kind !== 'choice' ? 'length' : null;
}
