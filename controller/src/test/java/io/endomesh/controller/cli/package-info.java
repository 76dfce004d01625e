/** Tests of the command. */
@NullMarked
package io.endomesh.controller.cli;

import org.jspecify.annotations.NullMarked;
