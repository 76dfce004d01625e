/** What lets a workload or an administrator in: join tokens, join strings, the admin token. */
@NullMarked
package io.endomesh.controller.tokens;

import org.jspecify.annotations.NullMarked;
