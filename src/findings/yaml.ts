/** Values that a generated manifest is made of. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Block-style YAML of a manifest, two spaces deep, ending in a newline. Every string that could be read as anything else is quoted. */
export function renderYaml(value: YamlValue): string {
  return isBlock(value) ? blockOf(value, '') : `${inline(value)}\n`;
}

type Block = readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Does the value need lines of its own? Empty lists and mappings do not. */
function isBlock(value: YamlValue): value is Block {
  return typeof value === 'object' && Object.keys(value).length > 0;
}

function blockOf(value: Block, indent: string): string {
  let text = '';
  if (isList(value)) {
    // The first line of an element goes behind its dash, which takes the place of the element's own indentation.
    for (const element of value)
      text += isBlock(element) ? `${indent}- ${blockOf(element, `${indent}  `).trimStart()}` : `${indent}- ${inline(element)}\n`;
    return text;
  }
  for (const [key, element] of Object.entries(value)) {
    text += isBlock(element)
      ? `${indent}${scalar(key)}:\n${blockOf(element, `${indent}  `)}`
      : `${indent}${scalar(key)}: ${inline(element)}\n`;
  }
  return text;
}

function isList(value: Block): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function inline(value: YamlValue): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

/** Words that YAML 1.1 readers take for booleans or nulls, and what looks like a number, need quotes; so does everything beyond a cautious alphabet. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9._/-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
