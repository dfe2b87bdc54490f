// The forms that agents ask with: a subset of JSON Schema, one field per property.
import type { Json } from './protocol.gen';

export interface FieldChoice {
  value: string;
  label: string;
}

export interface Field {
  name: string;
  label: string;
  help: string;
  kind: 'text' | 'long' | 'number' | 'boolean' | 'choice' | 'choices' | 'date';
  required: boolean;
  choices: FieldChoice[];
  initial: Json;
  integer: boolean;
  min?: number;
  max?: number;
}

type Schema = { [key: string]: Json };

const isObject = (value: Json | undefined): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** The fields of a form; one field named `answer` when the schema describes no object. */
export function fieldsOf(schema: Json | undefined): Field[] {
  if (!isObject(schema)) return [fieldOf('answer', {}, true)];
  const properties = schema['properties'];
  if (!isObject(properties)) return [fieldOf('answer', schema, true)];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).map(([name, one]) => fieldOf(name, isObject(one) ? one : {}, required.includes(name)));
}

function fieldOf(name: string, schema: Schema, required: boolean): Field {
  const items = isObject(schema['items']) ? schema['items'] : undefined;
  const choices = choicesOf(schema);
  const inner = items ? choicesOf(items) : [];
  const integer = schema['type'] === 'integer';
  const number = integer || schema['type'] === 'number';
  const kind: Field['kind'] =
    schema['type'] === 'boolean' ? 'boolean'
    : inner.length > 0 ? 'choices'
    : choices.length > 0 ? 'choice'
    : number ? 'number'
    : schema['format'] === 'date' ? 'date'
    : (typeof schema['maxLength'] === 'number' ? schema['maxLength'] > 200 : schema['format'] === 'textarea') ? 'long'
    : 'text';
  const initial: Json = schema['default'] ?? (kind === 'boolean' ? false : kind === 'choices' ? [] : '');
  return {
    name, kind, required, integer, initial,
    choices: kind === 'choices' ? inner : choices,
    label: text(schema['title']) || name,
    help: text(schema['description']),
    ...(typeof schema['minimum'] === 'number' ? { min: schema['minimum'] } : {}),
    ...(typeof schema['maximum'] === 'number' ? { max: schema['maximum'] } : {}),
  };
}

function choicesOf(schema: Schema): FieldChoice[] {
  const listed = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(listed)) {
    return listed.flatMap((one) => (isObject(one) && one['const'] !== undefined ? [{ value: String(one['const']), label: text(one['title']) || String(one['const']) }] : []));
  }
  if (!Array.isArray(schema['enum'])) return [];
  const names = Array.isArray(schema['enumNames']) ? schema['enumNames'] : [];
  return schema['enum'].map((one, at) => ({ value: String(one), label: text(names[at]) || String(one) }));
}

/** What is sent; numbers as numbers, empty optional fields left out. */
export function valuesOf(fields: readonly Field[], typed: Readonly<Record<string, Json>>): { values: { [key: string]: Json }; missing: string[] } {
  const values: { [key: string]: Json } = {};
  const missing: string[] = [];
  for (const field of fields) {
    const value = typed[field.name] ?? field.initial;
    const empty = value === '' || value === null || (Array.isArray(value) && value.length === 0);
    if (empty) {
      if (field.required) missing.push(field.name);
      continue;
    }
    if (field.kind !== 'number') {
      values[field.name] = value;
      continue;
    }
    const number = Number(value);
    const fits = Number.isFinite(number) && (!field.integer || Number.isInteger(number)) && number >= (field.min ?? -Infinity) && number <= (field.max ?? Infinity);
    if (fits) values[field.name] = number;
    else missing.push(field.name);
  }
  return { values, missing };
}
