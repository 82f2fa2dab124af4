#include "tasks/models/cpu_backend.hpp"

#include <ATen/ops/zeros.h>

#include "common/assert.hpp"
#include "kernels/embedding.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/swiglu.hpp"
#include "tasks/models/cpu_parallel.hpp"

namespace scanyard::models {
namespace {

/// Rows that one piece of work handles; also what decides the order of sums over rows, so it must
/// stay as it is for results to stay as they are.
constexpr std::int64_t rows_a_piece = 256;

/// Calls `work` with a value of the tensor's element type.
template <class Work>
void with_type(const at::Tensor& x, const Work& work) {
  if (x.scalar_type() == at::kDouble) {
    work(double{});
  } else {
    SCANYARD_ASSERT(x.scalar_type() == at::kFloat, "activations are float32 or float64");
    work(float{});
  }
}

/// Start of row `row` of replica `replica` in x [R, N, columns] or [R, N].
template <class T>
T* row_of(const at::Tensor& x, std::int64_t replica, std::int64_t row) {
  return x.mutable_data_ptr<T>() + replica * x.stride(0) + row * x.stride(1);
}

}  // namespace

void CpuBackend::layer_norm_forward(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b,
                                    const at::Tensor& y, const at::Tensor& mean,
                                    const at::Tensor& rstd) {
  const std::int64_t d = x.size(2);
  with_type(x, [&]<class T>(T) {
    for_each_rows(x.size(0), x.size(1), rows_a_piece, d, [&](RowPiece p) {
      kernels::layer_norm_forward(row_of<T>(x, p.replica, p.begin), row_of<T>(w, p.replica, 0),
                                  row_of<T>(b, p.replica, 0), row_of<T>(y, p.replica, p.begin),
                                  row_of<T>(mean, p.replica, p.begin),
                                  row_of<T>(rstd, p.replica, p.begin), p.end - p.begin, d);
    });
  });
}

void CpuBackend::layer_norm_backward(const at::Tensor& dy, const at::Tensor& x,
                                     const at::Tensor& mean, const at::Tensor& rstd,
                                     const at::Tensor& w, bool add, const at::Tensor& dx,
                                     const at::Tensor& dx_factor, const at::Tensor& dw,
                                     const at::Tensor& db) {
  SCANYARD_ASSERT(dx_factor.is_same(dx), "factors on a CPU are values");
  if (!add) dx.zero_();
  const std::int64_t d = x.size(2);
  const std::int64_t pieces = (x.size(1) + rows_a_piece - 1) / rows_a_piece;
  // Each piece sums its own share of dw and db; the shares are then added in order.
  const at::Tensor shares = at::zeros({x.size(0), pieces, 2 * d}, x.options());
  with_type(x, [&]<class T>(T) {
    for_each_rows(x.size(0), x.size(1), rows_a_piece, d, [&](RowPiece p) {
      T* const share = row_of<T>(shares, p.replica, p.piece);
      kernels::layer_norm_backward(
          row_of<T>(dy, p.replica, p.begin), row_of<T>(x, p.replica, p.begin),
          row_of<T>(mean, p.replica, p.begin), row_of<T>(rstd, p.replica, p.begin),
          row_of<T>(w, p.replica, 0), row_of<T>(dx, p.replica, p.begin), share, share + d,
          p.end - p.begin, d);
    });
    for (std::int64_t r = 0; r < x.size(0); ++r) {
      T* const dw_r = row_of<T>(dw, r, 0);
      T* const db_r = row_of<T>(db, r, 0);
      for (std::int64_t j = 0; j < d; ++j)
        dw_r[j] = db_r[j] = T(0);
      for (std::int64_t piece = 0; piece < pieces; ++piece) {
        const T* const share = row_of<T>(shares, r, piece);
        for (std::int64_t j = 0; j < d; ++j) {
          dw_r[j] += share[j];
          db_r[j] += share[d + j];
        }
      }
    }
  });
}

void CpuBackend::swiglu_forward(const at::Tensor& ab, const at::Tensor& s) {
  const std::int64_t f = s.size(2);
  with_type(ab, [&]<class T>(T) {
    for_each_rows(s.size(0), s.size(1), rows_a_piece, f, [&](RowPiece p) {
      kernels::swiglu_forward(row_of<T>(ab, p.replica, p.begin), row_of<T>(s, p.replica, p.begin),
                              p.end - p.begin, f);
    });
  });
}

void CpuBackend::swiglu_backward(const at::Tensor& ab, const at::Tensor& ds,
                                 const at::Tensor& dab) {
  const std::int64_t f = ds.size(2);
  with_type(ab, [&]<class T>(T) {
    for_each_rows(ds.size(0), ds.size(1), rows_a_piece, f, [&](RowPiece p) {
      kernels::swiglu_backward(row_of<T>(ab, p.replica, p.begin), row_of<T>(ds, p.replica, p.begin),
                               row_of<T>(dab, p.replica, p.begin), p.end - p.begin, f);
    });
  });
}

void CpuBackend::embedding_forward(const at::Tensor& ids, const at::Tensor& table,
                                   const at::Tensor& x) {
  const std::int64_t d = x.size(2);
  const std::int32_t* const tokens = ids.const_data_ptr<std::int32_t>();
  with_type(x, [&]<class T>(T) {
    for_each_rows(x.size(0), x.size(1), rows_a_piece, d, [&](RowPiece p) {
      kernels::embedding_forward(tokens + p.replica * x.size(1) + p.begin,
                                 row_of<T>(table, p.replica, 0), row_of<T>(x, p.replica, p.begin),
                                 p.end - p.begin, d);
    });
  });
}

void CpuBackend::embedding_backward(const at::Tensor& ids, const at::Tensor& dx,
                                    const at::Tensor& dtable) {
  const std::int64_t n = dx.size(1);
  const std::int64_t d = dx.size(2);
  const std::int32_t* const tokens = ids.const_data_ptr<std::int32_t>();
  with_type(dx, [&]<class T>(T) {
    for_each_piece(dx.size(0), dx.numel(), [&](std::int64_t r) {
      T* const table = row_of<T>(dtable, r, 0);
      std::fill_n(table, dtable.size(1) * d, T(0));
      kernels::embedding_backward(tokens + r * n, row_of<T>(dx, r, 0), table, n, d);
    });
  });
}

}  // namespace scanyard::models
