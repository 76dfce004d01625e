/** Why a call goes where it goes: the data plane's own decisions, told stage by stage. */
@NullMarked
package io.endomesh.dataplane.explain;

import org.jspecify.annotations.NullMarked;
