// The public function: checks.

#include "../kernels.h"

fpx_status fpx_persistence_row(fpx_persistence_sums *tile_sums, fpx_persistence_sums *phase_sums, fpx_row_marks *marks,
                               uint32_t *flagged, size_t *flagged_count, const uint16_t *above, const uint16_t *below,
                               const uint16_t *blind_above, const uint16_t *blind_below, size_t width, size_t channels,
                               size_t distance, size_t period, size_t tile_columns, size_t marked_channel,
                               size_t frame_count, double spread, double least_share) {
    if (!flagged_count) return FPX_ERROR_ARGUMENT;
    if (width > 0 &&
        (!tile_sums || !phase_sums || !marks || !flagged || !above || !below || !blind_above || !blind_below))
        return FPX_ERROR_ARGUMENT;
    if (channels == 0 || channels > FPX_DETECTION_CHANNELS || marked_channel >= channels) return FPX_ERROR_ARGUMENT;
    if (period == 0 || period > FPX_DETECTION_PERIOD || tile_columns == 0 || tile_columns > FPX_DETECTION_TILE_COLUMNS)
        return FPX_ERROR_ARGUMENT;
    *flagged_count = 0;
    if (width == 0) return FPX_OK;
    const fpx_persistence_task task = {
        .tile_sums = tile_sums,
        .phase_sums = phase_sums,
        .marks = marks,
        .flagged = flagged,
        .above = above,
        .below = below,
        .blind_above = blind_above,
        .blind_below = blind_below,
        .width = width,
        .channels = channels,
        .distance = distance,
        .period = period,
        .tile_columns = tile_columns,
        .marked_channel = marked_channel,
        .frame_count = frame_count,
        .spread = spread,
        .least_share = least_share,
    };
    *flagged_count = fpx_kernels_selected()->persistence(&task);
    return FPX_OK;
}
