/** The command {@code endomesh}. */
@NullMarked
package io.endomesh.controller.cli;

import org.jspecify.annotations.NullMarked;
