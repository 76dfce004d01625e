/** What uses Micronaut's client. */
@NullMarked
package io.endomesh.contracts.micronaut.library;

import org.jspecify.annotations.NullMarked;
