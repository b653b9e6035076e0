import { gunzipSync, inflateRawSync } from 'node:zlib';

const BLOCK = 512;
const ZIP_END = 0x06054b50;
const ZIP_ENTRY = 0x02014b50;
const LARGEST_END = 22 + 65_535;

/**
 * Takes one file out of an archive.
 * @param {Buffer} archive a .tar.gz or a .zip
 * @param {string} name the archive's name, whose ending tells which of both it is
 * @param {string} wanted the file's name, in whatever folder of the archive
 * @returns {Buffer} its contents
 * @throws {Error} when the archive is damaged or has no such file
 */
export function fileInArchive(archive, name, wanted) {
  const found = name.endsWith('.zip') ? fileInZip(archive, wanted) : fileInTar(gunzipSync(archive), wanted);
  if (!found) throw new Error(`${name} holds no ${wanted}`);
  return found;
}

/** @param {string} path */
const baseName = (path) => path.slice(path.lastIndexOf('/') + 1);

/**
 * @param {Buffer} tar
 * @param {string} wanted
 */
function fileInTar(tar, wanted) {
  /**
   * @param {number} from
   * @param {number} to
   */
  const field = (from, to) => tar.toString('latin1', from, to).replace(/\0.*$/s, '');
  let at = 0;
  while (at + BLOCK <= tar.length && tar[at] !== 0) {
    const size = Number.parseInt(field(at + 124, at + 136).trim(), 8);
    if (!Number.isInteger(size) || size < 0) throw new Error('the archive is damaged');
    const type = field(at + 156, at + 157);
    const start = at + BLOCK;
    if ((type === '0' || type === '') && baseName(field(at, at + 100)) === wanted) {
      return tar.subarray(start, start + size);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

/**
 * @param {Buffer} zip
 * @param {string} wanted
 */
function fileInZip(zip, wanted) {
  let end = zip.length - 22;
  while (end >= 0 && end > zip.length - LARGEST_END && zip.readUInt32LE(end) !== ZIP_END) end -= 1;
  if (end < 0 || zip.readUInt32LE(end) !== ZIP_END) throw new Error('the archive is damaged');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ZIP_ENTRY) throw new Error('the archive is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    );
    const nameEnd = at + 46 + (nameLength ?? 0);
    if (baseName(zip.toString('utf8', at + 46, nameEnd)) === wanted) return zipContents(zip, at);
    at = nameEnd + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return undefined;
}

/**
 * @param {Buffer} zip
 * @param {number} entry where its entry in the central directory begins
 */
function zipContents(zip, entry) {
  const packed = zip.readUInt16LE(entry + 10) !== 0;
  const size = zip.readUInt32LE(entry + 20);
  const header = zip.readUInt32LE(entry + 42);
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const contents = zip.subarray(start, start + size);
  return packed ? inflateRawSync(contents) : contents;
}
