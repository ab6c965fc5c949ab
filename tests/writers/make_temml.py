"""Records what temml makes of the formulas in temml_cases.py, in temml.json beside this file.

npm pack temml@0.13.5 && tar xzf temml-0.13.5.tgz
python tests/writers/make_temml.py package/dist/temml.cjs
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from temml_cases import FORMULAS

RECORD = Path(__file__).with_name("temml.json")
PROGRAM = """
const temml = require(process.argv[1]);
const options = {displayMode: true, throwOnError: true, trust: true};
let text = "";
process.stdin.on("data", part => text += part).on("end", () => {
  const out = {};
  for (const latex of JSON.parse(text)) out[latex] = temml.renderToString(latex, options);
  console.log(JSON.stringify(out));
});
"""


def record(library: Path) -> str:
    """The recording as text."""
    done = subprocess.run(
        ["node", "-e", PROGRAM, str(library.resolve())],
        input=json.dumps(FORMULAS),
        capture_output=True,
        text=True,
        check=True,
    )
    made = json.loads(done.stdout)
    return json.dumps(made, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


if __name__ == "__main__":
    RECORD.write_text(record(Path(sys.argv[1])), encoding="utf-8")
    print(RECORD.stat().st_size, "bytes")
