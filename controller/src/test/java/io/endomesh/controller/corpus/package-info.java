/**
 * The golden round trip: resources as they are written, the xDS they become, what an agent makes of
 * it, and what it decides. The examples are in src/test/corpus.
 */
@org.jspecify.annotations.NullMarked
package io.endomesh.controller.corpus;
