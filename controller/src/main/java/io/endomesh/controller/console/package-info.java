/** The console: its JSON, its event stream, its files, and who may see them. */
@NullMarked
package io.endomesh.controller.console;

import org.jspecify.annotations.NullMarked;
