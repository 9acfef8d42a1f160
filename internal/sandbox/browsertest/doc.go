// Package browsertest drives the sandbox's page in Debian's Chromium, as a person with a screen reader would find their way: by role and name.
//
// A [Browser] is one Chromium without a window, which the tests of a package share ([Main]); a [Tab] is one visitor's, with nothing in it of
// another's. A tab fails its test when the page logs an error, throws, or asks anything but loopback for anything. [Tab.Accessible] holds it against axe-core, which is embedded (axe.min.js
// of the npm package axe-core 4.14.1, under the Mozilla Public License 2.0 in axe.LICENSE).
//
// Only tests import it. It starts no sandbox and knows nothing of what the page is about.
package browsertest
