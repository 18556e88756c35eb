import { expect, test } from "vitest";
import { stepOf } from "./step";

test.each([
  ["Finding opencode", "Finding opencode", null, null],
  [
    "Building the image, step 4 of 9: RUN npm install: all",
    "Building the image, step 4 of 9",
    "RUN npm install: all",
    3 / 9,
  ],
  [
    "Pulling team/opencode:2: 3 of 8 layers, 20 of 90 MiB",
    "Pulling team/opencode:2",
    "3 of 8 layers, 20 of 90 MiB",
    2 / 9,
  ],
  ["Pulling box: 3 of 8 layers", "Pulling box", "3 of 8 layers", 3 / 8],
  ["Pulling box: 0 of 0 layers", "Pulling box", "0 of 0 layers", null],
  ["Building the image opencode-portal:1.18.33, once", "Building the image opencode-portal:1.18.33, once", null, null],
  ["Building the image\n  Step 4", "Building the image", "Step 4", null],
  ["Waiting:", "Waiting:", null, null],
])("%j", (text, what, progress, portion) => {
  expect(stepOf(text)).toEqual({ what, progress, portion });
});
