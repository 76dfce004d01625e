/** Database servers as processes of their own. Plain Java: the demo starts its database with it. */
@NullMarked
package io.endomesh.testkit.database;

import org.jspecify.annotations.NullMarked;
