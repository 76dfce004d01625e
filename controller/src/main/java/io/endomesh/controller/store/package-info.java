/** What was applied: resources with their revisions and history, kept on disk. */
@NullMarked
package io.endomesh.controller.store;

import org.jspecify.annotations.NullMarked;
