// Files to upload.

const MAX_FILES = 10;
const MAX_BYTES = 10 * 1024 * 1024;

/** Return in one sentence why these files cannot be sent together, or null. */
export function filesProblem(files) {
  if (files.length > MAX_FILES) return `A message takes at most ${MAX_FILES} files, and these are ${files.length}.`;
  const size = [...files].reduce((sum, file) => sum + file.size, 0);
  return size > MAX_BYTES ? `These files are too large: at most ${MAX_BYTES / 1024 / 1024} MB can be sent at once.` : null;
}

/** Return a file as requests carry it; throws if it can no longer be read. */
export async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let place = 0; place < bytes.length; place += 32768) binary += String.fromCharCode(...bytes.subarray(place, place + 32768));
  return { name: file.name, data: btoa(binary) };
}
