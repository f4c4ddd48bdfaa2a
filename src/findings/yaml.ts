/** Values that a generated manifest is made of. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Block-style YAML of a manifest, two spaces deep, ending in a newline. Every string that could be read as anything else is quoted. */
export function renderYaml(value: YamlValue): string {
  return `${linesOf(value).join('\n')}\n`;
}

function linesOf(value: YamlValue): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return ['[]'];
    return value.flatMap((element) => linesOf(element).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)));
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 0) return ['{}'];
    return entries.flatMap(([key, element]) => {
      const lines = linesOf(element);
      const isBlock = typeof element === 'object' && Object.keys(element).length > 0;
      return isBlock ? [`${scalar(key)}:`, ...lines.map((line) => `  ${line}`)] : [`${scalar(key)}: ${lines[0]}`];
    });
  }
  return [typeof value === 'string' ? scalar(value) : String(value)];
}

/** Words that YAML 1.1 readers take for booleans or nulls, and what looks like a number, need quotes; so does everything beyond a cautious alphabet. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9._/-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
