import type { Analysis } from '../analyze';
import { decodeDirectory } from './decode-directory';
import { checksumIn, decodeModel } from './decode-model';
import { directoryText } from './encode-directory';
import { modelBytes } from './encode-model';
import { StoredModelError } from './stored-model-error';

export { MODEL_FORMAT_VERSION } from './sections';
export { StoredModelError } from './stored-model-error';

/*
 * An analysis is stored as two byte strings: the model (integers, laid out so that it is loaded without being parsed) and the directory
 * (names, policy text and sources, as JSON). Both carry a version, and the directory says to which model it belongs.
 */

/** Made once for each model and handed out again: nobody may write to these bytes. */
export function encodeModel({ model }: Analysis): Uint8Array {
  return modelBytes(model);
}

/** JSON in UTF-8. Names its model by the checksum of that one's bytes. */
export function encodeDirectory({ model, directory }: Analysis): Uint8Array {
  return new TextEncoder().encode(directoryText(model, directory));
}

/**
 * The analysis that was stored, giving the same answers.
 * @throws StoredModelError when the bytes are not what the two functions above made of one analysis
 */
export function decodeAnalysis(model: Uint8Array, directory: Uint8Array): Analysis {
  const decoded = decodeModel(model);
  try {
    return { model: decoded, directory: decodeDirectory(directory, decoded, checksumIn(model)) };
  } catch (error) {
    if (error instanceof StoredModelError) throw error;
    throw new StoredModelError('the directory is malformed', { cause: error });
  }
}
