// What esbuild's `text` loader does for the bundle: a text file imported as a string.
module.exports = {
  process: (text) => ({ code: `module.exports = { __esModule: true, default: ${JSON.stringify(text)} };` }),
};
